namespace Switchboard.Core.Jobs;

/// <summary>The process that serves a job's lane.</summary>
public enum JobWorker
{
    /// <summary>Workers.Ingest: what came in.</summary>
    Ingest,

    /// <summary>Workers.Dispatch: what goes out.</summary>
    Dispatch,

    /// <summary>Analytics.Worker: what is counted.</summary>
    Analytics,
}
