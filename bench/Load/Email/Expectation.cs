namespace Switchboard.Load.Email;

/// <summary>Which notifications each mail should lead to.</summary>
internal sealed class Expectation
{
    private readonly IReadOnlyList<int>[][] _rules;

    public Expectation(int users) => _rules =
        [.. Enumerable.Range(0, users).Select(user => MailKinds.Of(user).Select(kind => RuleModel.Notifying(RuleSet.Of(user), kind)).ToArray())];

    /// <summary>The notifications of a mail.</summary>
    public IEnumerable<NotificationKey> Of(long mail)
    {
        var (user, kind) = MailSource.Of(mail, _rules.Length);
        return _rules[user][kind].Select(rule => new NotificationKey(mail, rule));
    }

    /// <summary>Whether this is one of them.</summary>
    public bool Includes(NotificationKey key)
    {
        var (user, kind) = MailSource.Of(key.Mail, _rules.Length);
        return _rules[user][kind].Contains(key.Rule);
    }
}
