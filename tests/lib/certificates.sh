# shellcheck shell=bash
# Certificates of a database server on 127.0.0.1, good ones and bad ones. To be sourced.
#
#   certificates_make DIR    ca.pem, and for each of these a NAME.pem and a NAME.key:
#                            good (EC) and rsa, both for localhost and 127.0.0.1; wrong (another name), expired,
#                            self (self-signed), foreign (of an authority that is not in ca.pem); server = good
#
# Needs openssl; true when all were made.

certificates_make() (
    set -e
    mkdir -p "$1"
    cd "$1"
    exec >make.log 2>&1
    for ca in ca foreign-ca; do
        name=Authority
        [ "$ca" = ca ] || name='Foreign Authority'
        openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$name" -days 3650 -keyout "$ca.key" -out "$ca.pem"
    done
    echo 'subjectAltName = DNS:localhost, IP:127.0.0.1' >here
    echo 'subjectAltName = DNS:other.example' >elsewhere
    for cert in good rsa wrong expired foreign; do
        kind=(ec -pkeyopt ec_paramgen_curve:prime256v1) names=here days=3650 ca=ca
        case $cert in
            rsa) kind=(rsa:2048) ;;
            wrong) names=elsewhere ;;
            expired) days=-1 ;;
            foreign) ca=foreign-ca ;;
        esac
        openssl req -new -newkey "${kind[@]}" -nodes -subj "/CN=database" -keyout "$cert.key" -out "$cert.csr"
        openssl x509 -req -in "$cert.csr" -CA "$ca.pem" -CAkey "$ca.key" -CAcreateserial -days "$days" -sha256 \
            -extfile "$names" -out "$cert.pem"
    done
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=database -addext "$(cat here)" -days 3650 -keyout self.key -out self.pem
    cp good.pem server.pem
    cp good.key server.key
)
