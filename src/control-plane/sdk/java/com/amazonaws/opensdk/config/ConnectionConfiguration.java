package com.amazonaws.opensdk.config;

import java.util.Optional;

/** How a client keeps its connections. */
public class ConnectionConfiguration {

    private Integer maxConnections;
    private Long connectionMaxIdleMillis;

    /** Requests at a time; 50 unless it is said. */
    public Optional<Integer> getMaxConnections() {
        return Optional.ofNullable(maxConnections);
    }

    public void setMaxConnections(Integer maxConnections) {
        this.maxConnections = maxConnections;
    }

    public ConnectionConfiguration maxConnections(Integer maxConnections) {
        setMaxConnections(maxConnections);
        return this;
    }

    /** Kept and not used: the system property jdk.httpclient.keepalive.timeout says it for all clients of a process. */
    public Optional<Long> getConnectionMaxIdleMillis() {
        return Optional.ofNullable(connectionMaxIdleMillis);
    }

    public void setConnectionMaxIdleMillis(long connectionMaxIdleMillis) {
        this.connectionMaxIdleMillis = connectionMaxIdleMillis;
    }

    public ConnectionConfiguration connectionMaxIdleMillis(long connectionMaxIdleMillis) {
        setConnectionMaxIdleMillis(connectionMaxIdleMillis);
        return this;
    }
}
