using System.Text.Json;
using System.Text.Json.Serialization;
using FastEndpoints;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Switchboard.Polyfills.FastEndpoints.Tests;

[assembly: AssemblyFixture(typeof(TestApp))]

namespace Switchboard.Polyfills.FastEndpoints.Tests;

/// <summary>The one application of all tests: FastEndpoints is configured once a process.</summary>
public sealed class TestApp : IAsyncLifetime
{
    private WebApplication? _app;

    public HttpClient Client => _app!.GetTestClient();

    public EndpointDefinition DefinitionOf<T>()
        => _app!.Services.GetRequiredService<Microsoft.AspNetCore.Routing.EndpointDataSource>().Endpoints
            .Select(e => e.Metadata.GetMetadata<EndpointDefinition>())
            .First(d => d?.EndpointType == typeof(T))!;

    public Microsoft.AspNetCore.Http.Endpoint RouteOf<T>()
        => _app!.Services.GetRequiredService<Microsoft.AspNetCore.Routing.EndpointDataSource>().Endpoints
            .First(e => e.Metadata.GetMetadata<EndpointDefinition>()?.EndpointType == typeof(T));

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication(HeaderAuthentication.Scheme)
            .AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(HeaderAuthentication.Scheme, null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("operators", p => p.RequireClaim("team", "operators"));
        builder.Services.AddOpenApi();
        builder.Services.AddSingleton<Clock>();
        builder.Services.AddKeyedSingleton("second", new Clock("second"));
        builder.Services.AddScoped<RequestScoped>();
        builder.Services.Configure<JsonOptions>(o => o.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower)));
        builder.Services.AddFastEndpoints(o =>
        {
            o.DisableAutoDiscovery = true;
            o.Assemblies = [typeof(TestApp).Assembly];
            o.Filter = type => type.DeclaringType != typeof(RegistrationTests);
        });

        _app = builder.Build();
        _app.UseExceptionHandler(e => e.Run(context =>
        {
            context.Response.StatusCode = 500;
            context.Response.Headers["X-Handled-By"] = "middleware";
            return Task.CompletedTask;
        }));
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.UseFastEndpoints(c =>
        {
            c.Endpoints.RoutePrefix = "api";
            c.Endpoints.Configurator = ep => ep.PreProcessor<ProcessorTests.CountEverything>(Order.Before);
            c.Errors.UseProblemDetails(p => p.IndicateErrorCode = true);
        });
        _app.MapOpenApi();
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }
}
