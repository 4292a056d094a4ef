package com.amazonaws.auth;

/** A temporary access key. */
public interface AWSSessionCredentials extends AWSCredentials {

    String getSessionToken();
}
