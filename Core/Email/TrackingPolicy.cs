namespace Switchboard.Core.Email;

/// <summary>What an account tracks, as it stands in <c>mailboxes.tracking</c>.</summary>
/// <param name="Mode">Which sent mails.</param>
/// <param name="Categories">For <see cref="TrackingMode.Matching"/>: categories of the provider, compared without case.</param>
/// <param name="Recipients">For <see cref="TrackingMode.Matching"/>: addresses or patterns such as <c>*@contoso.test</c>.</param>
/// <param name="WindowDays">For how many days an answer is waited for.</param>
/// <param name="FollowUp">Reminders of what was not answered; null for none.</param>
public sealed record TrackingPolicy(
    TrackingMode Mode,
    IReadOnlyList<string> Categories,
    IReadOnlyList<string> Recipients,
    int WindowDays,
    FollowUp? FollowUp)
{
    /// <summary>For how many days an answer is waited for, unless a policy says otherwise.</summary>
    public const int DefaultWindowDays = 90;

    /// <summary>Everything is tracked, nobody is reminded.</summary>
    public static TrackingPolicy All { get; } = new(TrackingMode.All, [], [], DefaultWindowDays, null);

    /// <summary>Whether a mail is tracked by this policy.</summary>
    /// <param name="categories">The categories of the mail.</param>
    /// <param name="recipients">All whom it went to, canonical (<see cref="MailAddress"/>).</param>
    public bool Tracks(IReadOnlyList<string> categories, IReadOnlyList<string> recipients)
    {
        ArgumentNullException.ThrowIfNull(categories);
        ArgumentNullException.ThrowIfNull(recipients);
        return Mode switch
        {
            TrackingMode.All => true,
            TrackingMode.Matching => categories.Intersect(Categories, StringComparer.OrdinalIgnoreCase).Any()
                || Recipients.Any(pattern => recipients.Any(new AddressPattern(pattern).Matches)),
            _ => false,
        };
    }
}
