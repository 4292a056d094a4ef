# frozen_string_literal: true

# What the models of the API are: members that have a name in Ruby, a name in JSON and a type.

require 'json'

module Service
  class Structure
    Member = Struct.new(:json, :type)

    class << self
      # Members by their names in Ruby.
      def members
        @members ||= {}
      end

      def member(name, json, type)
        members[name] = Member.new(json, type)
        define_method(name) { @values[name] }
        define_method(:"#{name}=") { |value| @values[name] = value }
      end
    end

    # Members may be called like methods of Kernel: nothing here calls one of those on itself.

    def initialize(values = {})
      @values = {}
      values.each { |name, value| self[name] = value }
    end

    def [](name)
      @values[Shapes.member_name(self.class, name)]
    end

    def []=(name, value)
      @values[Shapes.member_name(self.class, name)] = value
    end

    # What is set, with hashes for structures.
    def to_h
      Shapes.to_h(self)
    end

    def to_json(*args)
      Shapes.plain(self).to_json(*args)
    end

    def ==(other)
      other.class == self.class && other.to_h == to_h
    end
    alias eql? ==

    def hash
      to_h.hash
    end

    def inspect
      "#<#{self.class} #{to_h}>"
    end
    alias to_s inspect
  end
end
