using System.IO.Enumeration;

namespace Switchboard.Load.Email;

/// <summary>
/// Which rules a mail leads to notifications by: written a second time, in the simplest way, from the description of rules alone,
/// so that a mistake of the product is not made here too.
/// </summary>
internal static class RuleModel
{
    /// <summary>The rules' places in the list that lead to a notification: by priority, the older first, up to the first match that does not continue.</summary>
    public static IReadOnlyList<int> Notifying(IReadOnlyList<RuleSpec> rules, MailSpec mail)
    {
        List<int> found = [];
        foreach (var (rule, index) in rules.Select((rule, index) => (rule, index)).OrderByDescending(item => item.rule.Priority).ThenBy(item => item.index))
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

    public static bool Matches(RuleSpec rule, MailSpec mail) => rule.Type switch
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
            && !sender.Exclusions.Any(excluded => excluded.Equals(from, StringComparison.OrdinalIgnoreCase) || InDomain(excluded) || Like(excluded));

        bool InDomain(string domain) =>
            from.EndsWith("@" + domain, StringComparison.OrdinalIgnoreCase) || from.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);

        bool Like(string pattern) => FileSystemName.MatchesSimpleExpression(pattern, from, ignoreCase: true);
    }

    private static bool MatchesContent(ContentSpec content, MailSpec mail)
    {
        var said = content.Scope switch { "subject" => mail.Subject, "body" => mail.Text, _ => mail.Subject + "\n" + mail.Text };
        return (content.AnyOf.Count == 0 || content.AnyOf.Any(Says))
            && content.AllOf.All(Says)
            && !content.NoneOf.Any(Says)
            && (content.HasAttachment is null || content.HasAttachment == mail.HasAttachment);

        bool Says(string words) => said.Contains(words, StringComparison.OrdinalIgnoreCase);
    }
}
