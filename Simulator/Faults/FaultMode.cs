namespace Switchboard.Simulator.Faults;

/// <summary>What goes wrong.</summary>
internal enum FaultMode
{
    /// <summary>The provider refuses: its status and error body, nothing done.</summary>
    Error,

    /// <summary>It answers as ever, only late.</summary>
    Delay,

    /// <summary>It never answers, nothing done.</summary>
    Timeout,

    /// <summary>The connection breaks, nothing done.</summary>
    Reset,

    /// <summary>It does what was asked, then the connection breaks: the answer is lost.</summary>
    AcceptThenReset,
}
