using FastEndpoints;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

public sealed class GroupTests(TestApp app)
{
    [Fact]
    public async Task A_groups_prefix_comes_after_the_global_one_and_its_settings_hold()
    {
        (await app.Client.GetTextAsync("/api/outer/inner/grouped")).ShouldBe((200, "grouped"));
        app.DefinitionOf<GroupedEndpoint>().EndpointTags.ShouldBe(["inner", "outer"]);
    }

    [Fact]
    public async Task An_endpoint_can_leave_the_global_prefix()
        => (await app.Client.GetTextAsync("/bare")).ShouldBe((200, "bare"));

    [Fact]
    public async Task An_endpoint_can_have_many_routes()
    {
        (await app.Client.GetTextAsync("/api/many/1")).Body.ShouldBe("many");
        (await app.Client.GetTextAsync("/api/many/2")).Body.ShouldBe("many");
    }

    [Fact]
    public void A_mapped_endpoint_is_configured_no_more()
        => Should.Throw<InvalidOperationException>(() => app.DefinitionOf<GroupedEndpoint>().AllowAnonymous());

    internal sealed class OuterGroup : Group
    {
        public OuterGroup() => Configure("outer", ep =>
        {
            ep.AllowAnonymous();
            ep.Tags("outer");
        });
    }

    internal sealed class InnerGroup : SubGroup<OuterGroup>
    {
        public InnerGroup() => Configure("inner", ep => ep.Tags("inner"));
    }

    internal sealed class GroupedEndpoint : EndpointWithoutRequest
    {
        public override void Configure()
        {
            Get("grouped");
            Group<InnerGroup>();
        }

        public override Task HandleAsync(CancellationToken ct) => Send.StringAsync("grouped", cancellation: ct);
    }

    internal sealed class BareEndpoint : EndpointWithoutRequest
    {
        public override void Configure()
        {
            Get("/bare");
            RoutePrefixOverride("");
            AllowAnonymous();
        }

        public override Task HandleAsync(CancellationToken ct) => Send.StringAsync("bare", cancellation: ct);
    }

    internal sealed class ManyEndpoint : EndpointWithoutRequest
    {
        public override void Configure()
        {
            Get("/many/1", "/many/2");
            AllowAnonymous();
        }

        public override Task HandleAsync(CancellationToken ct) => Send.StringAsync("many", cancellation: ct);
    }
}
