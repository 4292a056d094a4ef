package com.amazonaws;

/** A request that could not be made, or an answer that did not come or could not be read. */
public class SdkClientException extends SdkBaseException {

    private static final long serialVersionUID = 1L;

    public SdkClientException(String message) {
        super(message);
    }

    public SdkClientException(String message, Throwable cause) {
        super(message, cause);
    }
}
