using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Switchboard.Core.FeatureFlags;

/// <summary>Stops the start when a flag has a value that cannot be read.</summary>
internal sealed class RolloutOptionsValidator(IConfiguration configuration) : IValidateOptions<RolloutOptions>
{
    public ValidateOptionsResult Validate(string? name, RolloutOptions options) =>
        FlagReader.Read(configuration).Problems is { Count: > 0 } problems
            ? ValidateOptionsResult.Fail(problems)
            : ValidateOptionsResult.Success;
}
