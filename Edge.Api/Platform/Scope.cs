namespace Switchboard.Edge.Api.Platform;

/// <summary>What a key may do. Each is also the name of the policy that an endpoint asks for.</summary>
internal static class Scope
{
    public const string Rules = "rules";
    public const string Notifications = "notifications";

    /// <summary>Hand in mail, and connect mailboxes.</summary>
    public const string Mail = "mail";

    /// <summary>Phone numbers, and what becomes of the texts that come from them.</summary>
    public const string Texts = "texts";
    public const string Analytics = "analytics";

    /// <summary>See and move the jobs of everybody: for operators.</summary>
    public const string Jobs = "jobs";

    /// <summary>Users and the keys of others; implies all other scopes.</summary>
    public const string Admin = "admin";

    /// <summary>All there are.</summary>
    public static IReadOnlyList<string> All { get; } = [Rules, Notifications, Mail, Texts, Analytics, Jobs, Admin];

    /// <summary>What a key gets that asks for nothing in particular: what concerns its user alone.</summary>
    public static IReadOnlyList<string> Personal { get; } = [Rules, Notifications, Mail, Texts, Analytics];
}
