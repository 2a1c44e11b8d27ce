using System.Net;
using System.Text;
using Switchboard.Load.Api;
using Switchboard.Load.Running;

namespace Switchboard.Tests.Simulator.Load;

public sealed class ApiRunTests
{
    private static readonly Uri Edge = new("http://127.0.0.1:1");
    private static readonly ApiKind[] Kinds =
    [
        new("GET a", 2, _ => ApiCall.Get("/a", "sb_key")),
        new("POST b", 1, random => ApiCall.Post($"/b/{random.Number}", "sb_key", new System.Text.Json.Nodes.JsonObject { ["x"] = random.Below(1_000_000) })),
    ];

    [Fact]
    public async Task A_request_is_the_same_for_its_number_and_another_for_another_run()
    {
        var (first, again, other) = (new ApiSource(Edge, Kinds, 1), new ApiSource(Edge, Kinds, 1), new ApiSource(Edge, Kinds, 2));
        var number = Enumerable.Range(0, 3).Single(one => first.KindOf(one) == 1);

        using var request = first.Build(number, []);
        using var same = again.Build(number, []);
        using var different = other.Build(number, []);

        request.Headers.Authorization!.ToString().ShouldBe("Bearer sb_key");
        (request.Method, request.RequestUri!.AbsolutePath).ShouldBe((HttpMethod.Post, $"/b/{number}"));
        (await same.Content!.ReadAsStringAsync()).ShouldBe(await request.Content!.ReadAsStringAsync());
        (await different.Content!.ReadAsStringAsync()).ShouldNotBe(await request.Content!.ReadAsStringAsync());
    }

    [Fact]
    public void Times_count_by_kind_and_what_is_refused_counts_as_an_error_without_a_time()
    {
        var source = new ApiSource(Edge, Kinds, 1);
        var load = new LoadResult { Elapsed = TimeSpan.FromSeconds(2) };
        for (var number = 0; number < 6; number++)
        {
            var (isWrite, status) = (source.KindOf(number) == 1, number == 5 ? HttpStatusCode.Conflict : HttpStatusCode.OK);
            using var answer = Answer(status, isWrite ? "20.50ms" : "1.25ms");
            source.Accepts(number, status).ShouldBeTrue();
            source.Check(number, answer, "taken"u8);
            load.Accepted.Add(new(number, default, TimeSpan.FromMilliseconds(isWrite ? 30 : 3), status));
        }

        var report = ApiReport.Of(Kinds, source, load, 7);

        (report.Answered, report.Errors, report.PerSecond, report.IsFine).ShouldBe((6, 1, 3, false));
        (report.GetMs.P95, report.WriteMs.P95).ShouldBe((3, 30));
        report.Kinds.Sum(kind => kind.Value.Count).ShouldBe(6);
        (report.Kinds["GET a"].ServerMs.P50, report.Kinds["POST b"].ServerMs.P50).ShouldBe((1.25, 20.5));
        report.FirstError!.ShouldEndWith("answered 409: taken");
    }

    [Fact]
    public void The_table_has_a_line_for_each_kind_and_one_for_all_GETs_and_all_writes()
    {
        var lines = ApiTable.Lines(Kinds, new ApiSource(Edge, Kinds, 1), new LoadResult()).ToList();

        lines.Select(line => line.Trim().Split("  ")[0]).ShouldBe(["request", "GET a", "POST b", "all GETs", "all writes"]);
        lines.ShouldAllBe(line => line.StartsWith("  ", StringComparison.Ordinal) && line.Length == lines[0].Length);
    }

    [Fact]
    public void A_mix_says_how_many_of_so_many_requests_are_of_a_kind()
    {
        var mix = new RequestMix(5, 2, 1);

        foreach (var requests in (int[])[0, 7, 8, 21])
            foreach (var kind in (int[])[0, 1, 2])
                mix.CountOf(kind, requests).ShouldBe(Enumerable.Range(0, requests).Count(number => mix.Of(number) == kind));
    }

    [Fact]
    public void A_script_is_functions_tables_and_what_follows_with_its_values()
    {
        var script = SeedScript.Parse(
            "CREATE f(:now, :now_ms);\n-- table posts\nINSERT :posts::int\n-- not a mark\n-- table targets\nSELECT :now::now\n-- after\nUPDATE users",
            new Dictionary<string, string> { ["now"] = "'t'", ["now_ms"] = "12", ["posts"] = "5", ["int"] = "wrong" });

        script.Functions.ShouldBe("CREATE f('t', 12);");
        script.Tables.ShouldBe([("posts", "INSERT 5::int\n-- not a mark"), ("targets", "SELECT 't'::now")]);
        script.After.ShouldBe("UPDATE users");
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string time) => new(status)
    {
        Headers = { { "X-Response-Time", time } },
        RequestMessage = new(HttpMethod.Get, Edge),
        Content = new StringContent("", Encoding.UTF8),
    };
}
