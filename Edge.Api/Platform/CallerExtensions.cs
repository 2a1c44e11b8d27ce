namespace Switchboard.Edge.Api.Platform;

internal static class CallerExtensions
{
    /// <summary>Who asks, on an endpoint that only lets in who has a key.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint lets in who has no key.");
}
