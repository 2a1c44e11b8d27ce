using System.Text;
using Switchboard.Core.Rules;

namespace Switchboard.Core.Email;

/// <summary>
/// A pattern over whole addresses (<see cref="Wildcard"/>), such as <c>*@*.bank.test</c>. A domain may be written in Unicode or in
/// punycode, whatever the address is written in.
/// </summary>
internal sealed class AddressPattern
{
    private readonly string _pattern;

    // labels that have wildcards and letters beyond ASCII fit only what people read: *@bü*.example
    private readonly string? _unicode;

    public AddressPattern(string pattern)
    {
        Text = pattern.Trim().ToLowerInvariant();
        _pattern = MailAddress.Canonical(Text.Contains('@', StringComparison.Ordinal) ? Text : $"@{Text}");
        if (!Text.Contains('@', StringComparison.Ordinal))
            _pattern = _pattern[1..];
        var unicode = MailAddress.ToUnicode(_pattern);
        _unicode = unicode == _pattern && Ascii.IsValid(_pattern) ? null : unicode;
    }

    /// <summary>The pattern as it was written, in lower case.</summary>
    public string Text { get; }

    /// <summary>Whether a canonical address fits.</summary>
    public bool Matches(string address) =>
        Wildcard.Matches(_pattern, address) || (_unicode is not null && Wildcard.Matches(_unicode, MailAddress.ToUnicode(address)));
}
