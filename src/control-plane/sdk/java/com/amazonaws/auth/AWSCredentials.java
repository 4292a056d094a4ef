package com.amazonaws.auth;

/** An access key. */
public interface AWSCredentials {

    String getAWSAccessKeyId();

    String getAWSSecretKey();
}
