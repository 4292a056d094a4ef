// Settings of functions that are not run yet. They are refused, never stored and forgotten.

import type { CreateFunctionCommandInput, UpdateFunctionConfigurationCommandInput } from '@aws-sdk/client-lambda';
import { invalidParameter } from './function-arn.ts';

type Settings = Partial<Omit<CreateFunctionCommandInput, 'Code' | 'Tags'>> & Partial<UpdateFunctionConfigurationCommandInput>;

const INSTEAD = 'Leave it out to run the function here.';

/** Throws for the first setting that would change how the function runs and does not yet. Empty values are no settings. */
export function refuseUnsupportedSettings(settings: Settings): void {
  const refuse = (what: string, how = INSTEAD): never => {
    throw invalidParameter(`Stagegate does not run functions with ${what} yet. ${how}`);
  };
  if (settings.PackageType === 'Image') refuse('a container image (PackageType Image)', 'Use a .zip file or a folder.');
  if (isFilled(settings.ImageConfig)) refuse('ImageConfig');
  if (isFilled(settings.VpcConfig?.SubnetIds) || isFilled(settings.VpcConfig?.SecurityGroupIds)) refuse('VpcConfig');
  if (isFilled(settings.FileSystemConfigs)) refuse('FileSystemConfigs');
  if ((settings.SnapStart?.ApplyOn ?? 'None') !== 'None') refuse('SnapStart');
  if (isFilled(settings.CodeSigningConfigArn)) refuse('CodeSigningConfigArn');
  if (isFilled(settings.CapacityProviderConfig)) refuse('CapacityProviderConfig');
  if (isFilled(settings.DurableConfig)) refuse('DurableConfig');
  if (isFilled(settings.TenancyConfig)) refuse('TenancyConfig');
}

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
