namespace Switchboard.Core.Redis.Limits;

/// <summary>Who answered a check of a limit.</summary>
public enum LimitLayer
{
    /// <summary>The process, from permits that it had, or from a refusal that still held.</summary>
    Local,

    /// <summary>Redis, from permits that were recorded in Postgres for it.</summary>
    Redis,

    /// <summary>Postgres.</summary>
    Postgres,

    /// <summary>Nobody: neither of them could be asked, and nothing was granted.</summary>
    Nobody,
}
