namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What is to be done about a mail that is due.</summary>
internal enum DueAction
{
    /// <summary>Nothing yet.</summary>
    Later,

    /// <summary>Its user is reminded.</summary>
    Remind,

    /// <summary>It is not waited for any more.</summary>
    Expire,
}
