"""`tracker web`: serve the pages and the HTTP API."""

import logging

import click

from events_tracker.app.app import App
from events_tracker.commands.extra import needs_web, web_secret
from events_tracker.commands.streams import keep_log


@click.command(
    "web",
    help="""Serve the pages and the HTTP API until SIGTERM or Ctrl-C.

    Who may sign in: `tracker people add NAME`. Programs: `tracker token --for NAME`.
    """,
)
@click.option("--bind", metavar="ADDRESS", help="The address to listen on, in place of WEB_BIND.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="The port, in place of WEB_PORT; 0 for any that is free.",
)
@click.pass_obj
def command(app: App, bind: str | None, port: int | None) -> None:
    needs_web()
    from events_tracker.web import context
    from events_tracker.web.server import Server
    from events_tracker.web.site import make_site

    keep_log(app, "web")
    log = logging.getLogger(__name__)
    settings = app.settings()
    web_secret(settings)
    site = make_site(app, settings)
    host = bind or settings.web.bind
    server = Server(site, host, settings.web.port if port is None else port)
    server.ends_on_signals()
    click.echo(f"Serving on {_address(host, server.port)} until Ctrl-C.")
    log.info("serving on %s", _address(host, server.port))
    try:
        server.run()
    finally:
        context.of(site).close()
        log.info("ended")


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
