namespace Switchboard.Load.Driving;

/// <summary>What a scenario sends.</summary>
internal interface ILoadSource
{
    /// <summary>How long a body may be, in bytes.</summary>
    int MaxBodyLength { get; }

    /// <summary>Makes the request with a number: the same number, the same request.</summary>
    /// <param name="number">From 0.</param>
    /// <param name="buffer">Of the worker that sends it, free until the answer is there.</param>
    HttpRequestMessage Build(long number, byte[] buffer);
}
