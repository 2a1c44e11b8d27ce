using System.Globalization;
using System.IO.Enumeration;
using Switchboard.Load.Running;

namespace Switchboard.Load.Email;

/// <summary>Which notifications each mail should lead to.</summary>
internal sealed class ExpectedNotifications
{
    private readonly IReadOnlyList<int>[][] _rules;

    public ExpectedNotifications(int users) => _rules = [.. Enumerable.Range(0, users).Select(OfUser)];

    /// <summary>The notifications of a mail.</summary>
    public IEnumerable<NotificationKey> Of(long mail)
    {
        var (user, kind) = EmailSource.Of(mail, _rules.Length);
        return _rules[user][kind].Select(rule => new NotificationKey(mail, rule));
    }

    /// <summary>Whether a notification is expected.</summary>
    public bool Includes(NotificationKey key)
    {
        var (user, kind) = EmailSource.Of(key.Mail, _rules.Length);
        return _rules[user][kind].Contains(key.Rule);
    }

    private static IReadOnlyList<int>[] OfUser(int user) =>
        [.. EmailKinds.Of(user).Select(kind => RuleModel.Notifying(RuleSet.Of(user), kind))];
}

/// <summary>The notification that a rule makes of a mail.</summary>
/// <param name="Mail">The mail's number.</param>
/// <param name="Rule">The rule's index in its user's list.</param>
internal readonly record struct NotificationKey(long Mail, int Rule)
{
    /// <summary>The template of each rule: its name, which starts with its index, and the subject, which ends with the token.</summary>
    public const string Template = "{{rule}} | {{subject}} | from {{from}}";

    /// <summary>Which one a message is; null when it is of another run, or none.</summary>
    public static NotificationKey? Read(string body, RunToken token) =>
        token.Find(body) is { } mail && body.Length > 3 && body[0] == 'R'
            && int.TryParse(body.AsSpan(1, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var rule)
            ? new NotificationKey(mail, rule)
            : null;
}

/// <summary>
/// Which rules of a user notify about a mail: a second, simplest implementation from the description of rules alone, so that it does
/// not share an error with the product.
/// </summary>
internal static class RuleModel
{
    /// <summary>
    /// The indexes of the rules that notify: by priority, the older first, up to the first match that does not continue.
    /// </summary>
    public static IReadOnlyList<int> Notifying(IReadOnlyList<RuleSpec> rules, EmailMessage mail)
    {
        List<int> found = [];
        foreach (var (index, rule) in rules.Index().OrderByDescending(item => item.Item.Priority).ThenBy(item => item.Index))
        {
            if (!rule.Active || !Matches(rule, mail))
            {
                continue;
            }

            found.Add(index);
            if (!rule.Continue)
            {
                break;
            }
        }

        return found;
    }

    public static bool Matches(RuleSpec rule, EmailMessage mail) => rule.Type switch
    {
        "sender" => MatchesSender(rule.Sender!, mail.From),
        "content" => MatchesContent(rule.Content!, mail),
        "combined" => MatchesSender(rule.Sender!, mail.From) && MatchesContent(rule.Content!, mail),
        _ => throw new ArgumentException($"There is no type {rule.Type}.", nameof(rule)),
    };

    private static bool MatchesSender(SenderSpec sender, string from)
    {
        return (sender.Addresses.Any(address => address.Equals(from, StringComparison.OrdinalIgnoreCase))
                || sender.Domains.Any(InDomain)
                || sender.Wildcards.Any(Like))
            && !sender.Exclusions.Any(
                excluded => excluded.Equals(from, StringComparison.OrdinalIgnoreCase) || InDomain(excluded) || Like(excluded));

        bool InDomain(string domain) =>
            from.EndsWith("@" + domain, StringComparison.OrdinalIgnoreCase)
            || from.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);

        bool Like(string pattern) => FileSystemName.MatchesSimpleExpression(pattern, from, ignoreCase: true);
    }

    private static bool MatchesContent(ContentSpec content, EmailMessage mail)
    {
        var searched = content.Scope switch { "subject" => mail.Subject, "body" => mail.Text, _ => mail.Subject + "\n" + mail.Text };
        return (content.AnyOf.Count == 0 || content.AnyOf.Any(Says))
            && content.AllOf.All(Says)
            && !content.NoneOf.Any(Says)
            && (content.HasAttachment is null || content.HasAttachment == mail.HasAttachment);

        bool Says(string words) => searched.Contains(words, StringComparison.OrdinalIgnoreCase);
    }
}
