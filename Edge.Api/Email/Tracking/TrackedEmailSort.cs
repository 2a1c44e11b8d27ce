namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>The orders of a list of tracked mails.</summary>
internal static class TrackedEmailSort
{
    public const string Newest = "-sentAt";
    public const string Oldest = "sentAt";
    public const string LastAnswered = "-respondedAt";
    public const string FirstAnswered = "respondedAt";

    public static readonly string[] All = [Newest, Oldest, LastAnswered, FirstAnswered];

    /// <summary>Whether it is by the time of the answer: then only mails with one are listed.</summary>
    public static bool IsByAnswer(string sort) => sort is LastAnswered or FirstAnswered;

    /// <summary>Whether the latest comes first.</summary>
    public static bool IsDescending(string sort) => sort is Newest or LastAnswered;

    /// <summary>The name of the list in its cursors: a cursor of one order says nothing in another.</summary>
    public static string ListName(string sort) => $"tracked-emails:{sort}";
}
