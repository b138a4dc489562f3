"""The client side of Temporal: how to connect, and what a cluster must know before the first exchange starts."""

import asyncio
import atexit
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, Plugin
from temporalio.common import SearchAttributeIndexedValueType
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from gateway.deadlines import CALL_WITHIN
from gateway.failures import translated
from gateway.task_timeout import TaskTimeout
from models.errors import Broken, Unavailable
from workflows.plugin import plugin
from workflows.search_attributes import SEARCH_ATTRIBUTES

_INDEXED = {
    SearchAttributeIndexedValueType.TEXT: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
    SearchAttributeIndexedValueType.KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    SearchAttributeIndexedValueType.INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
    SearchAttributeIndexedValueType.DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}

BEGIN_SECONDS = 30
"""How long all that a process asks before it begins may take."""
PATIENCE, LOOKS_EVERY = 5.0, 0.2
"""Seconds in which a Temporal that does not answer may come up, and between two tries."""
_CUT = ("after connection", "transport::Error")
"""What the client says where somebody took the connection and broke it: something else, or a server that just went."""
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/@:]+)(:\d{1,5})?")
_UNREADABLE = ("PrivateKeyParseError", "CertificateParseError", "InvalidCertificate")


async def connect(
    address: str | None = None, namespace: str | None = None, *, lazy: bool = False, sandboxed: bool = True
) -> Client:
    """A client with the plugin of the service; a lazy one connects with its first call.

    Its workers run workflows in the sandbox or without.

    What is not given comes from the standard environment (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`,
    `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`, a profile file), then from Temporal's defaults.

    Raises:
        Broken: the address, the profile file or a certificate cannot be read.
        Unavailable: nothing answers at the address in time, or something that is not Temporal.
    """
    _let_threads_return_at_exit()
    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError):
        raise Broken("temporal.profile") from None
    if address:
        config["target_host"] = address
    if namespace:
        config["namespace"] = namespace
    target = config.setdefault("target_host", "localhost:7233")
    if not _ADDRESS.fullmatch(target):  # a lazy client finds it out with its first call, when an act is on record
        raise Broken("temporal.address", target=target)
    try:
        async with asyncio.timeout(CALL_WITHIN.total_seconds()):
            return await _connected(config, plugin(sandboxed=sandboxed), lazy=lazy)
    except ValueError:
        raise Broken("temporal.address", target=target) from None
    except FileNotFoundError:
        raise Broken("temporal.certificate") from None
    except (RPCError, RuntimeError, TimeoutError) as fault:
        if any(said in str(fault) for said in _UNREADABLE):
            raise Broken("temporal.certificate") from fault
        if _was_cut(fault):
            raise Unavailable("temporal.other", target=target) from fault
        raise Unavailable("temporal.silent", target=target) from fault


async def connect_patiently(address: str | None, namespace: str | None, *, sandboxed: bool) -> Client:
    """A client, as from `connect`; a Temporal that is just coming up is waited for: both are often started at once.

    Raises:
        Broken, Unavailable: as from `connect`, the latter after some seconds.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while True:
        try:
            return await connect(address, namespace, sandboxed=sandboxed)
        except Unavailable:
            if loop.time() >= until:
                raise
            await asyncio.sleep(LOOKS_EVERY)


async def _connected(config: ClientConnectConfig, with_plugin: Plugin, *, lazy: bool) -> Client:
    """A client; asked again where the connection was cut: a server that went away takes none the next time."""
    for _ in range(2):
        try:
            return await Client.connect(**config, plugins=[with_plugin], interceptors=[TaskTimeout()], lazy=lazy)
        except RuntimeError as fault:
            if not _was_cut(fault):
                raise
            await asyncio.sleep(0.2)
    return await Client.connect(**config, plugins=[with_plugin], interceptors=[TaskTimeout()], lazy=lazy)


def _was_cut(fault: Exception) -> bool:
    return all(said in str(fault) for said in _CUT)


async def require_namespace(client: Client) -> None:
    """That the cluster knows the namespace of the settings, and lets the service into it.

    Raises:
        Broken: it does not.
        Unavailable: it does not answer.
    """
    async with beginning(client):
        asked = DescribeNamespaceRequest(namespace=client.namespace)
        await client.workflow_service.describe_namespace(asked, timeout=CALL_WITHIN)


@asynccontextmanager
async def beginning(client: Client) -> AsyncIterator[None]:
    """Calls of a process that starts: what the cluster answers is told as what an operator can mend.

    Raises:
        Broken: the namespace is unknown, or the login is refused.
        Unavailable: it does not answer.
    """
    try:
        async with asyncio.timeout(BEGIN_SECONDS):
            with translated():
                yield
    except (Unavailable, TimeoutError) as away:
        raise Unavailable("temporal.silent", target=client.service_client.config.target_host) from away


@cache
def _let_threads_return_at_exit() -> None:
    """Give the SDK's threads a moment before the interpreter is torn down.

    The thread that brought the last answer may still be on its way back; on Python 3.11 it would then abort the
    process (temporalio/sdk-python#300, open): one in five of our short commands did, after all its work was done.
    """
    atexit.register(time.sleep, 0.05)


async def ensure_search_attributes(client: Client) -> None:
    """Register what is missing; does nothing where all is there.

    Raises:
        Broken: the cluster lets nobody register them this way; the text says what to register.
    """
    wanted = {key.name: _INDEXED[key.indexed_value_type] for key in SEARCH_ATTRIBUTES}
    known = await _registered(client)
    missing = {name: kind for name, kind in wanted.items() if name not in known}
    if not missing:
        return
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing), timeout=CALL_WITHIN
        )
    except RPCError as fault:
        if fault.status is RPCStatusCode.ALREADY_EXISTS:
            return
        names = ", ".join(f"{key.name} ({key.indexed_value_type.name.lower()})" for key in SEARCH_ATTRIBUTES)
        raise Broken("temporal.attributes", namespace=client.namespace, names=names) from fault


async def _registered(client: Client) -> set[str]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        found = await client.operator_service.list_search_attributes(request, timeout=CALL_WITHIN)
        return set(found.custom_attributes)
    except RPCError as fault:
        if fault.status is RPCStatusCode.UNIMPLEMENTED:  # the time-skipping server adds them, but cannot list them
            return set()
        if fault.status is RPCStatusCode.PERMISSION_DENIED:  # managed clusters: an operator registers them
            return {key.name for key in SEARCH_ATTRIBUTES}
        raise
