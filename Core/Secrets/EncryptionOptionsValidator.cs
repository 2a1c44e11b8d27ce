using Microsoft.Extensions.Options;

namespace Switchboard.Core.Secrets;

/// <summary>Refuses to start with a key that is not one.</summary>
internal sealed class EncryptionOptionsValidator : IValidateOptions<EncryptionOptions>
{
    public ValidateOptionsResult Validate(string? name, EncryptionOptions options)
    {
        if (!IsKey(options.Key))
            return ValidateOptionsResult.Fail("Encryption:Key must be 32 bytes in Base64 (make one with: openssl rand -base64 32).");
        return options.PreviousKeys.All(IsKey)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Each of Encryption:PreviousKeys must be 32 bytes in Base64.");
    }

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[SecretProtector.KeyBytes + 1];
        return Convert.TryFromBase64String(key, bytes, out var written) && written == SecretProtector.KeyBytes;
    }
}
