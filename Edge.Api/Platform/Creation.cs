using Microsoft.AspNetCore.Http.HttpResults;

namespace Switchboard.Edge.Api.Platform;

/// <summary>What a creating POST came to: exactly one of the two.</summary>
/// <param name="Answer">What to answer, now or as before.</param>
/// <param name="Refusal">Why nothing was made.</param>
/// <param name="IsNew">Whether it was made by this very request, so that what follows from it is to be done.</param>
internal sealed record Creation<T>(T? Answer, ProblemHttpResult? Refusal, bool IsNew)
    where T : class
{
    public static Creation<T> Made(T answer) => new(answer, null, true);

    public static Creation<T> MadeBefore(T answer) => new(answer, null, false);

    public static Creation<T> Refused(ProblemHttpResult refusal) => new(null, refusal, false);
}
