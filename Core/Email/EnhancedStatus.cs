using System.Globalization;
using System.Text.RegularExpressions;

namespace Switchboard.Core.Email;

/// <summary>
/// What a mail server says of a delivery in numbers (RFC 3463): <c>5.1.1</c>, at the beginning of a reply (RFC 2034) and of a delivery
/// report's field <c>Status</c>.
/// </summary>
/// <param name="Class">2 done, 4 for the time being, 5 for good.</param>
/// <param name="Subject">What it is about: 1 the address, 2 the mailbox, 3 the server, 4 the network, 5 the protocol, 6 the content,
/// 7 a policy.</param>
/// <param name="Detail">What of it.</param>
public readonly partial record struct EnhancedStatus(int Class, int Subject, int Detail)
{
    /// <summary>Whether it stays so however often it is tried.</summary>
    public bool IsPermanent => Class == 5;

    /// <summary>
    /// Whether nothing that is sent to the address arrives. A mailbox that is full, a mail that is too large, what it contains and what a
    /// policy has against it say nothing of the next one.
    /// </summary>
    public bool SaysAddressIsDead => IsPermanent && (Subject, Detail) switch
    {
        (1, 7 or 8) => false, // the sender's address
        (1, _) => true,
        (2, 0 or 1 or 4 or 6) => true, // disabled, a list that cannot be expanded, moved without a new address
        (4, 4) => true, // its domain takes no mail
        (0, _) => true,
        _ => false,
    };

    /// <summary>The code that a text begins with; null where it begins with none.</summary>
    public static EnhancedStatus? Find(string? text) =>
        text is not null && Code().Match(text) is { Success: true } match
            ? new(Number(match, 1), Number(match, 2), Number(match, 3))
            : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A\s*([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.])", RegexOptions.CultureInvariant)]
    private static partial Regex Code();
}
