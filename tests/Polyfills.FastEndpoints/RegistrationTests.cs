using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public void Two_endpoints_on_one_route_do_not_start()
        => Should.Throw<InvalidOperationException>(() => Start(typeof(OneEndpoint), typeof(SameEndpoint)));

    [Fact]
    public void An_endpoint_without_a_handler_does_not_start()
        => Should.Throw<InvalidOperationException>(() => Start(typeof(UnhandledEndpoint)));

    [Fact]
    public void An_endpoint_that_configures_nothing_does_not_start()
        => Should.Throw<InvalidOperationException>(() => Start(typeof(UnconfiguredEndpoint)));

    [Fact]
    public void An_endpoint_without_a_route_does_not_start()
        => Should.Throw<ArgumentException>(() => Start(typeof(RoutelessEndpoint)));

    [Fact]
    public void Two_validators_of_a_request_need_a_choice()
    {
        Should.Throw<InvalidOperationException>(() => Start(typeof(ValidatedEndpoint), typeof(OneValidator), typeof(OtherValidator)));
        Should.NotThrow(() => Start(typeof(ChoosingEndpoint), typeof(OneValidator), typeof(OtherValidator)));
    }

    [Fact]
    public void No_endpoints_at_all_do_not_start()
        => Should.Throw<InvalidOperationException>(() => Start());

    private static void Start(params Type[] types)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthorization();
        builder.Services.AddFastEndpoints(o =>
        {
            o.DisableAutoDiscovery = true;
            o.Assemblies = [typeof(RegistrationTests).Assembly];
            o.Filter = types.Contains;
        });
        builder.Build().MapFastEndpoints();
    }

    internal sealed class OneEndpoint : EndpointWithoutRequest
    {
        public override void Configure() => Get("/same");

        public override Task HandleAsync(CancellationToken ct) => Task.CompletedTask;
    }

    internal sealed class SameEndpoint : EndpointWithoutRequest
    {
        public override void Configure() => Get("/same");

        public override Task HandleAsync(CancellationToken ct) => Task.CompletedTask;
    }

    internal sealed class UnhandledEndpoint : EndpointWithoutRequest
    {
        public override void Configure() => Get("/unhandled");
    }

    internal sealed class UnconfiguredEndpoint : EndpointWithoutRequest
    {
        public override Task HandleAsync(CancellationToken ct) => Task.CompletedTask;
    }

    internal sealed class RoutelessEndpoint : EndpointWithoutRequest
    {
        public override void Configure() => AllowAnonymous();

        public override Task HandleAsync(CancellationToken ct) => Task.CompletedTask;
    }

    internal sealed record ValidatedRequest(int Id);

    internal sealed class OneValidator : Validator<ValidatedRequest>
    {
        public OneValidator() => RuleFor(r => r.Id).GreaterThan(1);
    }

    internal sealed class OtherValidator : Validator<ValidatedRequest>
    {
        public OtherValidator() => RuleFor(r => r.Id).GreaterThan(2);
    }

    internal sealed class ValidatedEndpoint : Endpoint<ValidatedRequest>
    {
        public override void Configure() => Get("/validated");

        public override Task HandleAsync(ValidatedRequest req, CancellationToken ct) => Task.CompletedTask;
    }

    internal sealed class ChoosingEndpoint : Endpoint<ValidatedRequest>
    {
        public override void Configure()
        {
            Get("/choosing");
            Validator<OtherValidator>();
        }

        public override Task HandleAsync(ValidatedRequest req, CancellationToken ct) => Task.CompletedTask;
    }
}
