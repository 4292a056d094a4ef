package com.amazonaws.opensdk;

import java.util.Map;

/** The answer that an exception was made of. */
public final class SdkErrorHttpMetadata {

    private final SdkResponseMetadata response;

    public SdkErrorHttpMetadata(SdkResponseMetadata response) {
        this.response = response;
    }

    public int httpStatusCode() {
        return response.httpStatusCode();
    }

    public String requestId() {
        return response.requestId();
    }

    public Map<String, String> responseHeaders() {
        return response.headers();
    }
}
