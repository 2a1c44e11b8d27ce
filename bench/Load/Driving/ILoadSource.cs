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

    /// <summary>Looks at what a request was answered with, when it was answered with 2xx.</summary>
    /// <exception cref="LoadException">It was not accepted all the same, and no other request will be.</exception>
    void Check(ReadOnlySpan<byte> answer)
    {
    }
}
