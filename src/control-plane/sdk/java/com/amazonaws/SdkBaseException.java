package com.amazonaws;

/** Everything that a client throws. */
public class SdkBaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SdkBaseException(String message) {
        super(message);
    }

    public SdkBaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
