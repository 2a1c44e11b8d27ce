namespace Switchboard.Workers.Ingest.Sms.Media;

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
