namespace Switchboard.Core.Email;

/// <summary>Which sent mails an account tracks by itself; any other can be asked for at <c>POST /api/emails/track</c>.</summary>
public enum TrackingMode
{
    /// <summary>All.</summary>
    All,

    /// <summary>Those with one of its categories or to one of its recipients.</summary>
    Matching,

    /// <summary>Only those that are asked for.</summary>
    Requested,
}
