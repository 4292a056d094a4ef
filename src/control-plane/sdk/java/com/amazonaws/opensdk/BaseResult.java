package com.amazonaws.opensdk;

/** What all results have. */
public abstract class BaseResult {

    private SdkResponseMetadata sdkResponseMetadata;

    public SdkResponseMetadata sdkResponseMetadata() {
        return sdkResponseMetadata;
    }

    public BaseResult sdkResponseMetadata(SdkResponseMetadata sdkResponseMetadata) {
        this.sdkResponseMetadata = sdkResponseMetadata;
        return this;
    }
}
