# frozen_string_literal: true

# Connections to the API, kept for the next call. Threads may call at the same time: each has a connection of its own meanwhile.

require 'net/http'

module Service
  # @api private
  class Connections
    def initialize(config)
      @config = config
      @idle = []
      @process = Process.pid
      @lock = Mutex.new
    end

    # @return [HttpResponse]
    def exchange(verb, target, headers, body)
      request = Net::HTTPGenericRequest.new(verb, !body.nil?, verb != 'HEAD', target, headers)
      request.body = body unless body.nil?
      http = take
      connect(http)
      response = sent(http, request)
      give_back(http)
      response
    end

    private

    def connect(http)
      http.start unless http.started?
    rescue StandardError => e
      raise Errors::NetworkingError.new(e, false)
    end

    def sent(http, request)
      response = http.request(request)
      done = true
      HttpResponse.new(response.code.to_i, response.each_header.to_h, text(response.body.to_s))
    rescue StandardError => e
      raise Errors::NetworkingError.new(e, true)
    ensure
      # Half an answer would be taken for the beginning of the next one; also when a thread is interrupted.
      http.finish if !done && http.started?
    end

    def text(body)
      utf8 = body.dup.force_encoding(Encoding::UTF_8)
      utf8.valid_encoding? ? utf8 : body
    end

    def take
      @lock.synchronize do
        # A process that was forked has its parent's connections; they are the parent's.
        @idle.clear if @process != Process.pid
        @process = Process.pid
        @idle.pop
      end || fresh
    end

    def give_back(http)
      @lock.synchronize { @idle << http }
    end

    def fresh
      http = Net::HTTP.new(@config.endpoint.hostname, @config.endpoint.port)
      http.use_ssl = @config.endpoint.scheme == 'https'
      http.verify_mode = @config.ssl_verify_peer ? OpenSSL::SSL::VERIFY_PEER : OpenSSL::SSL::VERIFY_NONE
      http.ca_file = @config.ssl_ca_bundle
      http.open_timeout = @config.http_open_timeout
      http.read_timeout = @config.http_read_timeout
      http.keep_alive_timeout = @config.http_idle_timeout
      # It would send some requests twice by itself.
      http.max_retries = 0
      http.set_debug_output(@config.logger || $stderr) if @config.http_wire_trace
      http
    end
  end
end
