using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Switchboard.Tests.Polyfills.Clients;

public sealed class NpgsqlTests
{
    private const string Away = "Host=127.0.0.1;Port=1;Username=u;Password=p;Database=d;Timeout=2";

    [Fact]
    public void The_connection_string_comes_from_ConnectionStrings_and_wins()
    {
        var builder = TestHost.With(
            ("ConnectionStrings:switchboard", Away), ("Aspire:Npgsql:ConnectionString", "Host=other"));
        builder.AddNpgsqlDataSource("switchboard");
        using var host = builder.Build();

        host.Services.GetRequiredService<NpgsqlDataSource>().ConnectionString.ShouldContain("Port=1;");
        host.Services.GetRequiredService<DbDataSource>().ShouldBeSameAs(host.Services.GetRequiredService<NpgsqlDataSource>());
        host.Services.GetRequiredService<NpgsqlConnection>().ConnectionString.ShouldContain("Host=127.0.0.1");
    }

    [Fact]
    public void Settings_come_from_the_section_then_from_that_of_the_connection_then_from_the_caller()
    {
        var builder = TestHost.With(
            ("Aspire:Npgsql:ConnectionString", "Host=section"), ("Aspire:Npgsql:switchboard:ConnectionString", "Host=named"));
        builder.AddNpgsqlDataSource("switchboard", settings =>
        {
            settings.ConnectionString.ShouldBe("Host=named");
            settings.ConnectionString = "Host=caller";
        });
        using var host = builder.Build();

        host.Services.GetRequiredService<NpgsqlDataSource>().ConnectionString.ShouldContain("Host=caller");
    }

    [Fact]
    public void The_data_source_can_be_configured()
    {
        var builder = TestHost.With(("ConnectionStrings:switchboard", Away));
        builder.AddNpgsqlDataSource("switchboard", configureDataSourceBuilder: b => b.ConnectionStringBuilder.MaxPoolSize = 7);
        using var host = builder.Build();

        host.Services.GetRequiredService<NpgsqlDataSource>().ConnectionString.ShouldContain("Maximum Pool Size=7");
    }

    [Fact]
    public void A_missing_connection_string_is_an_error_when_the_data_source_is_asked_for()
    {
        var builder = TestHost.With();
        builder.AddNpgsqlDataSource("switchboard");
        using var host = builder.Build();

        Should.Throw<InvalidOperationException>(host.Services.GetRequiredService<NpgsqlDataSource>)
            .Message.ShouldContain("ConnectionStrings:switchboard");
    }

    [Fact]
    public async Task The_health_check_PostgreSql_is_unhealthy_while_the_database_is_away()
    {
        var builder = TestHost.With(("ConnectionStrings:switchboard", Away));
        builder.AddNpgsqlDataSource("switchboard");
        using var host = builder.Build();

        var entry = await host.CheckAsync("PostgreSql");

        entry.Status.ShouldBe(HealthStatus.Unhealthy);
        entry.Exception.ShouldBeOfType<NpgsqlException>();
    }

    [Theory]
    [InlineData("false", true)]
    [InlineData("true", false)]
    public void Each_part_can_be_left_out(string disable, bool there)
    {
        var builder = TestHost.With(
            ("ConnectionStrings:switchboard", Away),
            ("Aspire:Npgsql:DisableHealthChecks", disable),
            ("Aspire:Npgsql:DisableTracing", disable),
            ("Aspire:Npgsql:DisableMetrics", disable));
        builder.AddNpgsqlDataSource("switchboard");
        using var host = builder.Build();

        (host.Services.GetService<HealthCheckService>() is not null).ShouldBe(there);
        (host.Services.GetService<TracerProvider>() is not null).ShouldBe(there);
        (host.Services.GetService<MeterProvider>() is not null).ShouldBe(there);
    }
}
