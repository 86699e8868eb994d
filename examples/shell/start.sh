#!/bin/bash
# The smallest shell service: BusyBox's web server on a folder.
set -e
mkdir -p /tmp/www
echo "Hello from a shell script" > /tmp/www/index.html
exec busybox httpd -f -p "0.0.0.0:$PORT" -h /tmp/www
