using System.ComponentModel.DataAnnotations;

namespace Switchboard.Core.Secrets;

/// <summary>The keys by which secrets are encrypted at rest; section <c>Encryption</c>.</summary>
public sealed class EncryptionOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Encryption";

    /// <summary>The key that encrypts: 32 random bytes in Base64.</summary>
    [Required]
    public string Key { get; set; } = "";

    /// <summary>Former keys, in Base64, which still decrypt; remove one when nothing encrypted by it is left.</summary>
    public IList<string> PreviousKeys { get; init; } = [];
}
