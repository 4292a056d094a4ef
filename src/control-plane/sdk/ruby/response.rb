# frozen_string_literal: true

# What the API answered: the value of its model, and how it came.

module Service
  # An answer as it came. Names of headers are in lower case.
  HttpResponse = Struct.new(:status_code, :headers, :body_contents)

  # What a call was. #http_response is nil until there is one.
  Context = Struct.new(:operation_name, :params, :retries, :http_response)

  # What answers and errors have.
  module Answered
    # @return [Context]
    attr_reader :context

    def status_code
      context.http_response.status_code
    end

    # @return [Hash<String, String>]
    def headers
      context.http_response.headers
    end

    # As it came; what a method without a model answers is nowhere else.
    def body
      context.http_response.body_contents
    end
  end

  # What a method of the client answers. Methods with a model answer one of Types, which has it as a member.
  class Response < Structure
    include Answered

    def initialize(context)
      super()
      @context = context
    end

    # The members.
    def data
      self
    end

    def successful?
      true
    end
  end
end
