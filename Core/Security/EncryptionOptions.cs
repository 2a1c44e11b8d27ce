namespace Switchboard.Core.Security;

/// <summary>The keys by which secrets are encrypted at rest; section <c>Encryption</c>.</summary>
public sealed class EncryptionOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Encryption";

    /// <summary>
    /// The secret that the key which encrypts is derived from: at least 32 random characters, such as an app host generates.
    /// </summary>
    public string Key { get; set; } = "";

    /// <summary>Former secrets, which still decrypt; remove one when nothing encrypted by it is left.</summary>
    public IList<string> PreviousKeys { get; init; } = [];
}
