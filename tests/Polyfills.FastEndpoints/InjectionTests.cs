using FastEndpoints;
using Microsoft.AspNetCore.Http;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

public sealed class InjectionTests(TestApp app)
{
    [Fact]
    public async Task Constructor_properties_and_resolve_give_the_services_of_the_request()
        => (await app.Client.GetTextAsync("/api/injection")).Body.ShouldBe("first second True True True Production injected");

    [Fact]
    public async Task The_endpoint_is_disposed_after_its_request()
    {
        await app.Client.GetTextAsync("/api/injection");

        await InjectedEndpoint.Disposed.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    internal sealed class InjectedEndpoint(Clock clock, RequestScoped scoped, IHttpContextAccessor accessor) : EndpointWithoutRequest, IDisposable
    {
        public static TaskCompletionSource Disposed { get; } = new();

        public RequestScoped Scoped { get; set; } = null!;

        [KeyedService("second")]
        public Clock Second { get; set; } = null!;

        [DontInject]
        public string Label { get; set; } = "injected";

        public override void Configure()
        {
            Get("/injection");
            AllowAnonymous();
        }

        public override Task HandleAsync(CancellationToken ct)
            => Send.StringAsync(
                $"{clock.Name} {Second.Name} {Scoped == scoped} {Resolve<RequestScoped>() == scoped} {accessor.HttpContext == HttpContext && TryResolve<List<int>>() is null} {Env.EnvironmentName} {Label}",
                cancellation: ct);

        public void Dispose() => Disposed.TrySetResult();
    }
}
