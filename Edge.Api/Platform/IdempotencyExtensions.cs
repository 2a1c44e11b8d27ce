namespace Switchboard.Edge.Api.Platform;

internal static class IdempotencyExtensions
{
    /// <summary>Creating POSTs take an <c>Idempotency-Key</c>.</summary>
    public static IServiceCollection AddIdempotency(this IServiceCollection services) => services.AddSingleton<CreatingTransactions>();
}
