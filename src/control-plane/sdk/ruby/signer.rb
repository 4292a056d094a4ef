# frozen_string_literal: true

# Signature Version 4.

require 'openssl'

module Service
  # @api private
  module Signer
    module_function

    # The headers of a request with the signature and what it needs. `headers` has the host, `path` is encoded.
    def signed(request, headers, path, credentials, region, time = Time.now)
      timestamp = time.utc.strftime('%Y%m%dT%H%M%SZ')
      all = headers.merge('x-amz-date' => timestamp)
      token = credentials.session_token if credentials.respond_to?(:session_token)
      all['x-amz-security-token'] = token unless token.to_s.empty?
      lines = all.sort.map { |name, value| "#{name}:#{value.strip.gsub(/ +/, ' ')}\n" }
      names = all.keys.sort.join(';')
      # What is encoded already is encoded again.
      twice = path.split('/', -1).map { |segment| Request.encoded(segment) }.join('/')
      canonical = [request.verb, twice, request.sorted_query_string, lines.join, names, sha256(request.body.to_s)].join("\n")
      scope = [timestamp[0, 8], region, 'execute-api', 'aws4_request']
      text = ['AWS4-HMAC-SHA256', timestamp, scope.join('/'), sha256(canonical)].join("\n")
      key = scope.reduce("AWS4#{credentials.secret_access_key}") { |secret, part| hmac(secret, part) }
      signature = hmac(key, text).unpack1('H*')
      credential = "#{credentials.access_key_id}/#{scope.join('/')}"
      all.merge('authorization' => "AWS4-HMAC-SHA256 Credential=#{credential}, SignedHeaders=#{names}, Signature=#{signature}")
    end

    def sha256(data)
      OpenSSL::Digest.new('SHA256').hexdigest(data)
    end

    def hmac(key, text)
      OpenSSL::HMAC.digest('SHA256', key, text)
    end
  end
end
