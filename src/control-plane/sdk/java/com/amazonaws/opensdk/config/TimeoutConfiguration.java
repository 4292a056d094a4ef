package com.amazonaws.opensdk.config;

import java.util.Optional;

/** How long a client waits, in milliseconds; 0 is without end. */
public class TimeoutConfiguration {

    private Integer socketTimeout;
    private Integer connectionTimeout;
    private Integer httpRequestTimeout;
    private Integer totalExecutionTimeout;

    /** Until an answer begins; 50 000 unless it is said. */
    public Optional<Integer> getSocketTimeout() {
        return Optional.ofNullable(socketTimeout);
    }

    public void setSocketTimeout(Integer socketTimeout) {
        this.socketTimeout = socketTimeout;
    }

    public TimeoutConfiguration socketTimeout(Integer socketTimeout) {
        setSocketTimeout(socketTimeout);
        return this;
    }

    /** Until there is a connection; 10 000 unless it is said. */
    public Optional<Integer> getConnectionTimeout() {
        return Optional.ofNullable(connectionTimeout);
    }

    public void setConnectionTimeout(Integer connectionTimeout) {
        this.connectionTimeout = connectionTimeout;
    }

    public TimeoutConfiguration connectionTimeout(Integer connectionTimeout) {
        setConnectionTimeout(connectionTimeout);
        return this;
    }

    /** Until an answer is there; without end unless it is said. */
    public Optional<Integer> getHttpRequestTimeout() {
        return Optional.ofNullable(httpRequestTimeout);
    }

    public void setHttpRequestTimeout(Integer httpRequestTimeout) {
        this.httpRequestTimeout = httpRequestTimeout;
    }

    public TimeoutConfiguration httpRequestTimeout(Integer httpRequestTimeout) {
        setHttpRequestTimeout(httpRequestTimeout);
        return this;
    }

    /** Until the call is over, with all its retries; without end unless it is said. */
    public Optional<Integer> getTotalExecutionTimeout() {
        return Optional.ofNullable(totalExecutionTimeout);
    }

    public void setTotalExecutionTimeout(Integer totalExecutionTimeout) {
        this.totalExecutionTimeout = totalExecutionTimeout;
    }

    public TimeoutConfiguration totalExecutionTimeout(Integer totalExecutionTimeout) {
        setTotalExecutionTimeout(totalExecutionTimeout);
        return this;
    }
}
