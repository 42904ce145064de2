<?php

class AppKernel
{
@@KERNELVERSION@@
    const MAJOR_VERSION_STRING = '@@MAJOR@@';
}
