using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Switchboard.ServiceDefaults;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class ConventionsTests
{
    private enum Urgency
    {
        VeryLow,
    }

    [Fact]
    public async Task Json_is_camel_case_with_enums_as_words_and_nulls_written()
    {
        await using var host = await DefaultsHost.StartAsync(
            map: app => app.MapGet("/thing", () => new { FirstName = (string?)null, Priority = Urgency.VeryLow }));

        (await host.GetStringAsync("/thing")).ShouldBe("""{"firstName":null,"priority":"very-low"}""");
    }

    [Fact]
    public async Task A_problem_has_a_type_of_the_product_and_the_id_of_its_trace()
    {
        await using var host = await DefaultsHost.StartAsync(map: app =>
        {
            app.UseStatusCodePages();
            app.UseRouting();
            app.MapPost("/reused", () => Results.Problem(statusCode: 422, type: ProblemTypes.Of("idempotency-key-reused")));
        });

        var missing = await (await host.GetAsync("/nowhere")).Content.ReadFromJsonAsync<JsonElement>();
        missing.GetProperty("type").GetString().ShouldBe("urn:switchboard:problem:not-found");
        missing.GetProperty("status").GetInt32().ShouldBe(404);
        missing.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();

        var reused = await host.Http.PostAsync(new Uri("/reused", UriKind.Relative), content: null);
        (await reused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString()
            .ShouldBe("urn:switchboard:problem:idempotency-key-reused");
    }

    [Theory]
    [InlineData(418, "urn:switchboard:problem:im-a-teapot")]
    [InlineData(429, "urn:switchboard:problem:too-many-requests")]
    [InlineData(499, "urn:switchboard:problem:client-closed-request")]
    [InlineData(599, "urn:switchboard:problem:status-599")]
    public void Each_status_has_a_type(int status, string expected) =>
        ProblemTypes.Of(status).ShouldBe(expected);

    [Fact]
    public async Task A_process_has_twelve_seconds_to_finish()
    {
        await using var host = await DefaultsHost.StartAsync();

        host.App.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.ShouldBe(TimeSpan.FromSeconds(12));
    }
}
