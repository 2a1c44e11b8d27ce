namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>A file was not had, or not taken. Its message is for the item's user.</summary>
internal sealed class MediaException : Exception
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private MediaException(MediaFailure failure, string reason, TimeSpan? after = null, Exception? cause = null)
        : base(reason, cause)
    {
        Failure = failure;
        After = after < LongestWait ? after : after is null ? null : LongestWait;
    }

    public MediaFailure Failure { get; }

    /// <summary>When to try again, if somebody said so; an hour at most.</summary>
    public TimeSpan? After { get; }

    /// <summary>However often it is tried, it will not be had or taken.</summary>
    public static MediaException ForGood(string reason, Exception? cause = null) => new(MediaFailure.ForGood, reason, cause: cause);

    /// <summary>Later it may be had.</summary>
    public static MediaException ForNow(string reason, TimeSpan? after = null, Exception? cause = null) =>
        new(MediaFailure.ForNow, reason, after, cause);

    /// <summary>It could not be tried, and that is not its own fault: no attempt is counted.</summary>
    public static MediaException NotTried(string reason, TimeSpan after, Exception? cause = null) =>
        new(MediaFailure.NotTried, reason, after, cause);
}

/// <summary>The kinds of failure that are dealt with differently.</summary>
internal enum MediaFailure
{
    /// <summary>However often it is tried, it will not be had or taken.</summary>
    ForGood,

    /// <summary>Later it may be had.</summary>
    ForNow,

    /// <summary>It could not be tried, and that is not its own fault.</summary>
    NotTried,
}
