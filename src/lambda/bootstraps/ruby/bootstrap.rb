# Runs inside an execution environment: loads the handler, then answers one event at a time over descriptor 3.
# Standard library only. Frames: u32 length (little endian, counts what follows it), u8 type, then the body; see
# ../../frame-codec.ts.
# frozen_string_literal: true

require 'json'
require 'rbconfig'

module StagegateRuntime
  INVOKE = 1
  READY = 16
  RETURNED = 17
  FAILED = 18
  INIT_FAILED = 19

  # AWS: 6 MB and 100 bytes. Seen: test/parity, test_lambda_too_large_response.
  RESPONSE_BYTES_MAX = 6_291_556
  TEXT_MAX = 65_536
  TASK_ROOT = ENV.fetch('LAMBDA_TASK_ROOT')
  CHANNEL = IO.for_fd(3, 'r+b')
  CHANNEL.sync = true
  CHANNEL.close_on_exec = true

  # Something the runtime says, in AWS's words.
  class Fault < StandardError
    attr_reader :kind

    def initialize(kind, message)
      super(message)
      @kind = kind
    end
  end

  # What a handler is given beside the event.
  class LambdaContext
    attr_reader :aws_request_id, :invoked_function_arn, :log_group_name, :log_stream_name, :function_name, :memory_limit_in_mb,
                :function_version, :identity, :client_context, :deadline_ms

    def initialize(request_id, deadline_ms, arn, client_context)
      @clock_diff = Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond) - Process.clock_gettime(Process::CLOCK_MONOTONIC, :millisecond)
      @deadline_ms = deadline_ms
      @aws_request_id = request_id
      @invoked_function_arn = arn
      @log_group_name = ENV['AWS_LAMBDA_LOG_GROUP_NAME']
      @log_stream_name = ENV['AWS_LAMBDA_LOG_STREAM_NAME']
      @function_name = ENV['AWS_LAMBDA_FUNCTION_NAME']
      @memory_limit_in_mb = ENV['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
      @function_version = ENV['AWS_LAMBDA_FUNCTION_VERSION']
      @client_context = client_context
    end

    def get_remaining_time_in_millis
      remaining = @deadline_ms - (Process.clock_gettime(Process::CLOCK_MONOTONIC, :millisecond) + @clock_diff)
      remaining.positive? ? remaining : 0
    end
  end

  # Behind a wrapper script the bootstrap is the last argument: what it is told stands in a variable.
  @default_arn = ARGV.shift || ENV.delete('STAGEGATE_BOOTSTRAP_ARGUMENTS')

  class << self
    attr_reader :request_id

    def run
      $stdout.sync = true
      $stderr.sync = true
      prepare_path
      begin
        handler = load_handler(ENV.fetch('_HANDLER'))
      rescue SystemExit, SignalException
        raise
      rescue Exception => e
        described = error_of(e)
        log_error(described, 'Init error when loading handler')
        send_frame(INIT_FAILED, to_text(described))
        exit!(1)
      end
      send_frame(READY, '')
      loop do
        frame = receive(receive(4).unpack1('V'))
        send_frame(*invoke(handler, frame.byteslice(1..))) if frame.getbyte(0) == INVOKE
      end
    end

    private

    def send_frame(kind, data)
      # How long the handler took is of interest only where events are given ahead.
      CHANNEL.write([9 + data.bytesize, kind, peak_memory_kib, 0].pack('VCVV'), data.b)
    end

    def receive(length)
      bytes = length.zero? ? '' : CHANNEL.read(length)
      # The gateway is gone: nobody can want an answer any more.
      exit!(0) if bytes.nil? || bytes.bytesize < length
      bytes
    end

    def peak_memory_kib
      File.foreach('/proc/self/status') { |line| return line[/\d+/].to_i if line.start_with?('VmHWM:') }
      0
    rescue SystemCallError
      0
    end

    # AWS: the package first; layers are in RUBYLIB and GEM_PATH. Seen: Lambda guide, "Ruby runtime".
    def prepare_path
      version = RbConfig::CONFIG['ruby_version']
      $LOAD_PATH.unshift(TASK_ROOT)
      gems = ["#{TASK_ROOT}/vendor/bundle/ruby/#{version}", ENV['GEM_PATH'], "#{RbConfig::CONFIG['rubylibprefix']}/gems/#{version}"]
      ENV['GEM_PATH'] = gems.compact.join(':')
      # Gems take longer to set up than everything else here: only for who asks for one.
      Kernel.autoload(:Gem, 'rubygems')
    end

    def load_handler(name)
      parts = name.split('.')
      unless [2, 3].include?(parts.length)
        raise Fault.new('Runtime.MalformedHandlerName', "Invalid handler #{name}, must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME corresponds with an existing Ruby source file FILENAME.rb, CLASS is an optional module/class namespace and METHOD is a callable method. If using CLASS, METHOD must be a class-level method.")
      end
      file, *constant, method = parts
      begin
        require_file(file)
      rescue Exception => e
        raise e unless e.is_a?(LoadError) || e.is_a?(SyntaxError)

        raise Fault.new(e.is_a?(LoadError) ? 'Init<LoadError>' : 'Init<SyntaxError>', e.message)
      end
      receiver = constant.empty? ? Kernel : Kernel.const_get(constant.first)
      lambda { |event:, context:| receiver.send(method, event: event, context: context) }
    end

    def require_file(file)
      path = File.join(TASK_ROOT, "#{file}.rb")
      raise LoadError, "cannot load such file -- #{file}" unless File.file?(path)

      require path
    rescue LoadError
      # A gem of the package or of a layer.
      raise if @gems

      @gems = true
      require 'rubygems'
      retry
    end

    def invoke(handler, frame)
      id, deadline, trace, arn, client, event = frame.force_encoding(Encoding::UTF_8).split("\n", 6)
      @request_id = id
      ENV['_X_AMZN_TRACE_ID'] = trace.empty? ? nil : trace
      context = LambdaContext.new(id, deadline.to_i, arn.empty? ? @default_arn : arn, client.empty? ? nil : JSON.parse(client))
      answer = marshal(handler.call(event: JSON.parse(event), context: context))
      return [RETURNED, answer] if answer.bytesize <= RESPONSE_BYTES_MAX

      message = "Response payload size exceeded maximum allowed payload size (#{RESPONSE_BYTES_MAX} bytes)."
      [FAILED, JSON.generate('errorMessage' => message, 'errorType' => 'Function.ResponseSizeTooLarge')]
    rescue SystemExit, SignalException
      raise
    rescue Exception => e
      described = error_of(e)
      log_error(described, 'Error raised from handler method')
      [FAILED, to_text(described)]
    end

    def marshal(value)
      JSON.generate(value)
    rescue StandardError => e
      raise Fault.new('Function<Runtime::MarshalError>', "Unable to marshal response: #{e.message}")
    end

    # AWS: `Function<ClassName>`, with a backtrace that begins where the handler is. Seen: Lambda guide, "Ruby errors".
    def error_of(error)
      kind = error.is_a?(Fault) ? error.kind : "Function<#{error.class.name}>"
      trace = (error.backtrace || []).reject { |line| line.start_with?("#{__FILE__}:") }.first(200)
      { 'errorMessage' => error.message.to_s[0, TEXT_MAX], 'errorType' => kind, 'stackTrace' => trace }
    end

    def to_text(described)
      JSON.generate(described)
    rescue StandardError
      JSON.generate('errorMessage' => described['errorMessage'].to_s.scrub, 'errorType' => described['errorType'].to_s.scrub, 'stackTrace' => [])
    end

    def log_error(described, heading)
      $stdout.write("#{heading}: #{to_text(described)}".tr("\n", "\r") + "\n")
    rescue SystemCallError, IOError
      # A function may have closed its own stdout; its lines are lost, its answer is not.
    end
  end
end

StagegateRuntime.run
