using System.Text.RegularExpressions;
using Switchboard.Core.Providers;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Text of others for a log: the key of a cache, the id of a message, why something failed. Addresses of mail, phone numbers and quoted
/// texts in it are not written. A parameter of a log message that could hold such text has this type; a test sees to it.
/// </summary>
public readonly partial record struct Redacted
{
    /// <summary>What stands in the place of what is not shown.</summary>
    public const string Placeholder = "[redacted]";

    private readonly string? _text;

    private Redacted(string? text) => _text = text;

    /// <summary>Takes any text.</summary>
    public static implicit operator Redacted(string? text) => new(text);

    /// <summary>Takes what may be said of an exception: never its message, which may quote anything.</summary>
    public static implicit operator Redacted(Exception exception) => new(LoggedException.Reason(exception));

    /// <summary>Takes what may be said of a provider's failure: not in the provider's words, which may repeat what it was sent.</summary>
    public static implicit operator Redacted(ProviderFailure failure) => new(LoggedException.Of(failure));

    /// <summary>The text without addresses, numbers and quotations.</summary>
    public static string Of(string? text) => Quoted().Replace(Personal().Replace(text ?? "", Placeholder), Placeholder);

    /// <summary>The text without addresses, numbers and quotations.</summary>
    public override string ToString() => Of(_text);

    /// <summary>What is left out, as Postgres reads it too.</summary>
    public const string Pattern = $"{PersonalPattern}|{QuotedPattern}";

    // an address, or a number in E.164 with its plus or, as WhatsApp writes it, without; shorter runs of digits are codes and counts
    private const string PersonalPattern =
        """[^\s<>"'(),;:\[\]]+(?:@|%40)[^\s<>"'(),;:\[\]]+|(?:\+|%2B)\d{6,15}|(?<![\w.-])\d{10,15}(?![\w-])""";

    // several words between quotation marks are a text, one word is a name: 'To', "ck_status"
    private const string QuotedPattern =
        """(?<!\w)"[^"\n]*\s[^"\n]*"(?!\w)|(?<!\w)'[^'\n]*\s[^'\n]*'(?!\w)|“[^”]*\s[^”]*”|«[^»]*\s[^»]*»""";

    [GeneratedRegex(PersonalPattern)]
    private static partial Regex Personal();

    [GeneratedRegex(QuotedPattern)]
    private static partial Regex Quoted();
}
