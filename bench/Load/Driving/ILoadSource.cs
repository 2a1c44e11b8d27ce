using System.Net;

namespace Switchboard.Load.Driving;

/// <summary>What a scenario sends.</summary>
internal interface ILoadSource
{
    /// <summary>How long a body may be, in bytes.</summary>
    int MaxBodyLength { get; }

    /// <summary>Makes the request with a number: the same number, the same request, where no answer to another is part of it.</summary>
    /// <param name="number">From 0.</param>
    /// <param name="buffer">Of the worker that sends it, free until the answer is there.</param>
    HttpRequestMessage Build(long number, byte[] buffer);

    /// <summary>Whether a request is accepted with a status; otherwise it is sent again.</summary>
    bool Accepts(long number, HttpStatusCode status) => (int)status is >= 200 and < 300;

    /// <summary>Looks at what an accepted request was answered with.</summary>
    /// <exception cref="LoadException">It was not accepted all the same, and no other request will be.</exception>
    void Check(long number, ReadOnlySpan<byte> answer)
    {
    }
}
