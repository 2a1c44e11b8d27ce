using Microsoft.Extensions.Options;

namespace Switchboard.Core.Security;

/// <summary>Refuses to start with a key that is not one.</summary>
internal sealed class EncryptionOptionsValidator : IValidateOptions<EncryptionOptions>
{
    private const int ShortestSecret = 32;

    public ValidateOptionsResult Validate(string? name, EncryptionOptions options)
    {
        if (options.Key.Length < ShortestSecret)
            return ValidateOptionsResult.Fail(
                $"Encryption:Key must have at least {ShortestSecret} random characters (make some with: openssl rand -base64 32).");
        return options.PreviousKeys.All(key => key.Length >= ShortestSecret)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Each of Encryption:PreviousKeys must have at least {ShortestSecret} characters.");
    }
}
