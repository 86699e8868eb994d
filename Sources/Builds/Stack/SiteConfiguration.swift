/// The configuration of the file server in the image for static sites (Caddy 2.6, https://caddyserver.com/docs/caddyfile).
enum SiteConfiguration {
    /// `PORT` is what it listens on; `SITE_FALLBACK` the page for paths that don't exist, for applications that route in the
    /// browser. Files whose names carry a hash (hexadecimal, or Vite's in `/assets`) are cached for ever, everything else is
    /// asked for again each time. What begins with a dot is hidden, except for `.well-known`.
    static let text = """
        {
        	admin off
        	auto_https off
        	log {
        		output stdout
        		format console
        		level WARN
        	}
        }

        :{$PORT:8080} {
        	root * /app
        	encode zstd gzip

        	@hidden {
        		path_regexp (^|/)\\.
        		not path /.well-known/*
        	}
        	respond @hidden 404

        	header {
        		X-Content-Type-Options nosniff
        		-Server
        	}
        	@hashed path_regexp hashed (^/assets/.+-[A-Za-z0-9_-]{8}\\.(js|css|woff2)|[.-][0-9a-f]{8,}\\.[a-z0-9]+)$
        	header @hashed Cache-Control "public, max-age=31536000, immutable"
        	@plain not path_regexp plain (^/assets/.+-[A-Za-z0-9_-]{8}\\.(js|css|woff2)|[.-][0-9a-f]{8,}\\.[a-z0-9]+)$
        	header @plain Cache-Control "public, max-age=0, must-revalidate"

        	try_files {path} {path}.html {path}/ {$SITE_FALLBACK}
        	file_server

        	handle_errors {
        		header -Server
        		@page file /{err.status_code}.html
        		handle @page {
        			rewrite * {file_match.relative}
        			file_server
        		}
        		handle {
        			respond "{err.status_code} {err.status_text}"
        		}
        	}
        }

        """
}
