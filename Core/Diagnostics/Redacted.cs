using System.Text.RegularExpressions;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Text of others for a log: an error of a provider, the key of a cache, an address. Addresses of mail and phone numbers in it are not
/// written. A parameter of a log message that could hold such text has this type; a test sees to it.
/// </summary>
public readonly partial record struct Redacted
{
    /// <summary>What stands in the place of what is not shown.</summary>
    public const string Placeholder = "[redacted]";

    private readonly string? _text;

    private Redacted(string? text) => _text = text;

    /// <summary>Takes any text.</summary>
    public static implicit operator Redacted(string? text) => new(text);

    /// <summary>The text without addresses and numbers.</summary>
    public static string Of(string? text) => Personal().Replace(text ?? "", Placeholder);

    /// <summary>The text without addresses and numbers.</summary>
    public override string ToString() => Of(_text);

    // an address, or a number in E.164 with its plus or, as WhatsApp writes it, without; shorter runs of digits are codes and counts
    [GeneratedRegex("""[^\s<>"'(),;:\[\]]+(?:@|%40)[^\s<>"'(),;:\[\]]+|(?:\+|%2B)\d{6,15}|(?<![\w.-])\d{10,15}(?![\w-])""")]
    private static partial Regex Personal();
}
